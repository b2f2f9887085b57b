package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StructureVocabularyTest {
  private final StructureVocabulary vocabulary = StructureVocabulary.load();

  /** Names that the worksheet of TG-263 (2017-08-15) has, with what it says about them. */
  @ParameterizedTest
  @CsvSource({
    "urinary_bladder, Bladder", "rectum, Rectum", "sigmoid, Colon_Sigmoid", "bowel_bag, Bag_Bowel",
    "small_bowel, Bowel_Small", "femur_left, Femur_L", "hip_right, Bone_Pelvic_R",
    "kidney_right, Kidney_R", "iliac_artery_left, A_Iliac_L", "iliac_vena_left, V_Iliac_L",
    "vertebrae_L5, VB_L5", "vertebrae_T1, VB_T01", "vertebrae_C1, VB_C1", "rib_left_3, Rib03_L",
    "adrenal_gland_left, Glnd_Adrenal_L", "common_carotid_artery_right, A_Carotid_R",
    "spinal_cord, SpinalCord", "spinal_canal, SpinalCanal", "eye_lens_left, Lens_L",
    "optic_nerve_left, OpticNrv_L", "submandibular_gland_left, Glnd_Submand_L",
    "inferior_vena_cava, V_Venacava_I", "lung_middle_lobe_right, Lung_RML",
    "heart_atrium_left, Atrium_L", "seminal_vesicle, SeminalVes", "hypopharynx, Laryngl_Pharynx",
    "hard_palate, Hardpalate", "sternocleidomastoid_left, Musc_Sclmast_L", "aorta, A_Aorta",
    "superior_pharyngeal_constrictor, Musc_Constrict_S", "left_mammary_gland, Breast_L",
    "OAR_Cavity_Oral, Cavity_Oral", "ventricle, Sys_Ventricular", "celiac_trunk, A_Celiac"
  })
  void namesOfTheStandard(String tool, String expected) {
    StructureTerm term = vocabulary.find(tool).orElseThrow();
    assertThat(term.tg263()).isEqualTo(expected);
    assertThat(term.listing()).isEqualTo(StructureTerm.Listing.LISTED);
    assertThat(term.isStandard()).isTrue();
  }

  /** Structures that the worksheet does not have. */
  @ParameterizedTest
  @ValueSource(strings = {
    "iliopsoas_left", "sternum", "tibia", "gluteus_maximus_right", "vertebrae_L6",
    "portal_vein_and_splenic_vein", "internal_carotid_artery_left", "nasal_cavity_left",
    "OAR_BuccalMucosa", "Anorectum", "kidney_cyst_left", "upper_left_canine_fdi23"
  })
  void namesThatAreBuilt(String tool) {
    assertThat(vocabulary.find(tool).orElseThrow().isStandard()).isFalse();
  }

  @Test
  void thePelvisOfTheClinicalCaseIsThere() {
    for (String name : List.of("Bladder", "Anorectum", "Bowel", "Femur_Head_L", "Femur_Head_R",
        "Uterus", "CTVp", "CTVn", "GTVp", "PTV")) {
      assertThat(vocabulary.find(name)).map(StructureTerm::tg263).hasValue(name);
    }
    assertThat(vocabulary.find("CTVp")).map(StructureTerm::listing)
        .hasValue(StructureTerm.Listing.GRAMMAR);
  }

  /** The standard: at most 16 characters, letters, digits and marks, no spaces, sides as _L and _R. */
  @Test
  void namesFollowTheRules() {
    Set<String> upper = new HashSet<>();
    for (StructureTerm term : vocabulary.terms()) {
      assertThat(term.tg263()).matches("[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
          .hasSizeLessThanOrEqualTo(16);
      assertThat(upper.add(term.tg263().toUpperCase(java.util.Locale.ROOT))).as(term.tg263())
          .isTrue();
      for (String name : term.toolNames()) {
        boolean left = name.matches("(.*[_ ])?(left|L|AL|PL)([_ ].*)?");
        boolean right = name.matches("(.*[_ ])?(right|R|AR|PR)([_ ].*)?");
        boolean tooth = term.tg263().startsWith("Tooth_");
        if (!tooth && !term.tg263().startsWith("Lung_") && !term.tg263().equals("LVOT")) {
          assertThat(term.tg263().endsWith("_L")).as(name).isEqualTo(left);
          assertThat(term.tg263().endsWith("_R")).as(name).isEqualTo(right);
        }
      }
    }
  }

  @Test
  void namesAreFoundHoweverTheyAreWritten() {
    for (String name : List.of("Bag_Bowel", "BowelBag", "bowel bag", "BAG BOWEL", "Bowel_Bag")) {
      assertThat(vocabulary.tg263(name)).as(name).isEqualTo("Bag_Bowel");
    }
    assertThat(vocabulary.tg263("RIGHT PSOAS MAJOR")).isEqualTo("Musc_Psoas_Maj_R");
    assertThat(vocabulary.find("LN_lliac_Int_R")).map(StructureTerm::tg263)
        .hasValue("LN_Iliac_Int_R");
    assertThat(vocabulary.find("Pudding")).isEmpty();
    assertThat(vocabulary.tg263("Pudding")).isEqualTo("Pudding");
  }

  /** TG-263's Ventricle is the heart's, TotalSegmentator's ventricle the brain's. */
  @Test
  void aNameThatDiffersInCaseOnlyIsNotGuessed() {
    assertThat(vocabulary.tg263("ventricle")).isEqualTo("Sys_Ventricular");
    assertThat(vocabulary.tg263("Ventricle")).isEqualTo("Ventricle");
    assertThat(vocabulary.find("VENTRICLE")).isEmpty();
  }

  @Test
  void someStructuresBelongToOneSex() {
    assertThat(vocabulary.impossibleIn(Sex.FEMALE,
        List.of("colon", "prostate", "seminal_vesicle", "breast", "Pudding", "Uterus")))
        .containsExactly("prostate", "seminal_vesicle");
    assertThat(vocabulary.impossibleIn(Sex.MALE,
        List.of("prostate", "Uterus", "Cervix", "Vagina", "Ovary_L", "left_mammary_gland")))
        .containsExactly("Uterus", "Cervix", "Vagina", "Ovary_L");
    assertThat(vocabulary.find("prostate")).flatMap(StructureTerm::only)
        .isEqualTo(Optional.of(Sex.MALE));
  }

  @Test
  void structuresThatWouldShareANameKeepTheirOwn() {
    assertThat(vocabulary.tg263(Map.of(1, "mandible", 2, "lower_jawbone", 3, "spleen")))
        .isEqualTo(Map.of(1, "mandible", 2, "lower_jawbone", 3, "Spleen"));
  }
}
