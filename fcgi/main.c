/* SPDX-License-Identifier: MIT
 *
 * Entry: a command line started by a person, FastCGI when a web server starts us. */
int main(void) {
    return 2;
}
