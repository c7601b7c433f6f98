//! Nothing: what rustpython-common used of the LGPL crate of this name is replaced by a patch. Its manifest still asks for it.
