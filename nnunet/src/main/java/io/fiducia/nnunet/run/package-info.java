/**
 * What a person does with nnU-Net, step by step, without a console: a dataset is planned and
 * preprocessed, a fold is trained and validated, images are segmented, the best models are chosen and
 * exported. Each step takes a request with names, reports through {@link io.fiducia.base.Progress},
 * stops on a {@link io.fiducia.base.Cancellation} and throws {@link
 * io.fiducia.base.FiduciaException}. The command line, the demonstration, a study and a test call the
 * same classes.
 */
package io.fiducia.nnunet.run;
