/* The instructions of the stack machine. What an instruction takes and leaves is told in code.c where it is made. */
#ifndef CODE_H
#define CODE_H

#include "parse.h"

enum {
    OP_CONST, OP_LOADG, OP_STOREG, OP_LOADS, OP_STORES, OP_LOADL, OP_STOREL, OP_FIELD, OP_FIELDK, OP_FIELDNUM, OP_FIELD_SET,
    OP_ARRG, OP_ARRL, OP_SUB_ARRAY, OP_JOIN, OP_ELEM, OP_ELEM_SET, OP_ELEM_INCR, OP_ELEM_OP, OP_IN, OP_DELETE, OP_DELETE_ALL,
    OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_POW, OP_NEG, OP_PLUS, OP_NOT, OP_BOOL, OP_CONCAT, OP_APPENDG, OP_APPENDL,
    OP_COMPARE, OP_MATCH, OP_MATCHREC, OP_JMP, OP_JZ, OP_JNZ, OP_POP, OP_DUP, OP_CALL, OP_RETURN, OP_BUILTIN, OP_SUBST,
    OP_RESULT, OP_GETLINE, OP_PRINT, OP_PRINTF, OP_NEXT, OP_NEXTFILE, OP_EXIT, OP_FORIN, OP_FORNEXT, OP_FOREND,
    OP_INCRG, OP_INCRL, OP_INCRS, OP_INCRFIELD, OP_ACTIVE, OP_SET_ACTIVE, OP_STOP, OP_CASE
};

extern int32_t *code;
extern int *lines;
extern Val *constants;
extern int range_count;

#endif
