/*
 * Where python3's library lies.
 *
 * What python3 can import would make up most of its memory, and each process would carry it whether it imports anything
 * or not. So it is a passive segment of the module, which the build adds (`wasm/preinit.py`), together with the one
 * instruction that C has no word for: `memory.init`, which takes the place of this function's body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline, export_name("pagebox_library_read")))
void pagebox_library_read(unsigned char *destination, uint32_t offset, uint32_t length) {
    volatile unsigned char *out = destination;
    if (offset + length != 0)
        out[length] = 0;
    abort();
}

/* Free memory keeps what was in it, and would be kept with the image: fills it with zeros. */
static void scrub(void) {
    struct block { struct block *next; } *blocks = NULL;
    for (size_t size = 65536; size >= sizeof(struct block); size /= 2) {
        for (;;) {
            size_t pages = __builtin_wasm_memory_size(0);
            struct block *block = malloc(size);
            if (block == NULL)
                break;
            memset(block, 0, size);
            block->next = blocks;
            blocks = block;
            if (__builtin_wasm_memory_size(0) != pages)
                break;
        }
    }
    while (blocks != NULL) {
        struct block *next = blocks->next;
        blocks->next = NULL;
        free(blocks);
        blocks = next;
    }
}

/* rustc exports a program's start and nothing else. */
void python3_prepare(void);
void python3_start(void);

__attribute__((export_name("pagebox_prepare")))
void pagebox_prepare(void) {
    extern void __wasm_call_ctors(void);
    __wasm_call_ctors();
    python3_prepare();
    scrub();
}

__attribute__((export_name("pagebox_start")))
void pagebox_start(void) {
    python3_start();
}
