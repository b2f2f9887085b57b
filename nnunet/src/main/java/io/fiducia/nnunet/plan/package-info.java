/**
 * nnU-Net's plans: the rules that turn a dataset's fingerprint into patch sizes and networks, the files
 * plans.json, dataset_fingerprint.json and splits_final.json.
 */
package io.fiducia.nnunet.plan;
