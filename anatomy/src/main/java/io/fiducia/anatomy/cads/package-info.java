/** CADS's flow: from a CT scan to the label maps of its tasks, and their files. */
package io.fiducia.anatomy.cads;
