package io.fiducia.anatomy.task;

/** The public tools whose tasks run here. */
public enum Tool {
  TOTALSEGMENTATOR("TotalSegmentator"),
  CADS("CADS");

  private final String displayName;

  Tool(String displayName) {
    this.displayName = displayName;
  }

  /** The tool's name as its authors write it. */
  public String displayName() {
    return displayName;
  }
}
