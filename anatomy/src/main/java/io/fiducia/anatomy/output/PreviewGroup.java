package io.fiducia.anatomy.output;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Groups of structures that are drawn together, so that organs hide each other less. A structure
 * belongs to a group that has a word of its name.
 */
enum PreviewGroup {
  BONES("bones",
      "vertebrae|vertebra|vb|rib|sacrum|hip|femur|femurs|humerus|scapula|clavicula|clavicle|"
          + "sternum|skull|costal|mandible|jawbone|teeth|patella|tibia|fibula|tarsal|metatarsal|"
          + "phalanges|ulna|radius|carpal|metacarpal|bone|bones|hyoid|zygomatic|styloid|discs|"
          + "incisor|canine|premolar|molar|bridge|crown|tooth"),
  ORGANS("organs",
      "liver|spleen|kidney|pancreas|gallbladder|adrenal|bladder|prostate|seminal|uterus|thyroid|"
          + "brain|brainstem|cerebellum|cord|eye|parotid|submandibular|gland|glnd|breast|mammary|"
          + "ovary|cervix|vagina|gtvp|gtvn|ctvp|ctvn"),
  LUNGS_AND_BOWEL("lungs and bowel",
      "lung|lungs|trachea|airways|esophagus|oesophagus|stomach|duodenum|bowel|colon|sigmoid|"
          + "rectum|anorectum|anus|pleural|effusion|bronchia"),
  VESSELS("heart and vessels",
      "aorta|artery|arteries|vein|veins|vena|vessels|trunk|heart|atrium|ventricle left|"
          + "myocardium|atrial|pericardium|cusp|annulus|sinotubular|pul|coronary|blood|carotid|"
          + "jugular|tract|aneurysm|a|v"),
  MUSCLES("muscles",
      "musc|muscle|muscles|gluteus|autochthon|iliopsoas|psoas|rectus|oblique|erector|trapezius|"
          + "latissimus|pectoralis|serratus|lumborum|transversospinalis|quadriceps|sartorius|"
          + "thigh|deltoid|supraspinatus|infraspinatus|subscapularis|coracobrachial|teres|triceps|"
          + "masseter|temporalis|pterygoid|digastric|sternocleidomastoid|constrictor|platysma|"
          + "levator|scalene|thyrohyoid|sterno|prevertebral"),
  OTHER("other", "");

  /** The order in which names are compared with the groups' words. */
  private static final List<PreviewGroup> SEARCHED = List.of(MUSCLES, VESSELS, BONES,
      LUNGS_AND_BOWEL, ORGANS);

  private final String title;
  private final Pattern words;

  PreviewGroup(String title, String words) {
    this.title = title;
    this.words = Pattern.compile("\\b(" + words + ")\\b");
  }

  /** What is written above the picture of this group. */
  String title() {
    return title;
  }

  /** The group of a structure, by the tool's name or a TG-263 name. */
  static PreviewGroup of(String structure) {
    String plain = structure.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z]+", " ");
    return SEARCHED.stream().filter(g -> g.words.matcher(plain).find()).findFirst().orElse(OTHER);
  }
}
