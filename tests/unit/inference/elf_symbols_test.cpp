#include "inference/elf_symbols.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_photos.hpp"

namespace notify {
namespace {

std::span<const std::byte> BytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

template <class T>
void Put(std::string& file, std::size_t offset, const T& value) {
    file.resize(std::max(file.size(), offset + sizeof(T)));
    std::memcpy(file.data() + offset, &value, sizeof(T));
}

/// The parts of a library with one data section and one symbol table, to be spoilt by tests.
struct Library {
    Elf64_Ehdr header{};
    Elf64_Shdr data{};
    Elf64_Shdr strings{};
    Elf64_Shdr symbols{};
    Elf64_Sym symbol{};

    static constexpr std::size_t kData = 64;
    static constexpr std::size_t kStrings = 80;
    static constexpr std::size_t kSymbols = 96;
    static constexpr std::size_t kSections = 120;

    Library() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_shoff = kSections;
        header.e_shentsize = sizeof(Elf64_Shdr);
        header.e_shnum = 4;
        data.sh_type = SHT_PROGBITS;
        data.sh_addr = 0x1000;
        data.sh_offset = kData;
        data.sh_size = 8;
        strings.sh_type = SHT_STRTAB;
        strings.sh_offset = kStrings;
        strings.sh_size = 8;
        symbols.sh_type = SHT_DYNSYM;
        symbols.sh_offset = kSymbols;
        symbols.sh_size = sizeof(Elf64_Sym);
        symbols.sh_entsize = sizeof(Elf64_Sym);
        symbols.sh_link = 2;
        symbol.st_name = 1;
        symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
        symbol.st_shndx = 1;
        symbol.st_value = 0x1002;
        symbol.st_size = 4;
    }

    [[nodiscard]] std::string Bytes() const {
        std::string file;
        Put(file, 0, header);
        Put(file, kData, std::array<char, 8>{'0', '1', '2', '3', '4', '5', '6', '7'});
        Put(file, kStrings, std::array<char, 8>{'\0', 'n', 'a', 'm', 'e', '\0', '\0', '\0'});
        Put(file, kSymbols, symbol);
        Put(file, kSections, Elf64_Shdr{});
        Put(file, kSections + sizeof(Elf64_Shdr), data);
        Put(file, kSections + (2 * sizeof(Elf64_Shdr)), strings);
        Put(file, kSections + (3 * sizeof(Elf64_Shdr)), symbols);
        return file;
    }
};

std::string TextOf(std::span<const std::byte> bytes) {
    std::string text;
    for (const std::byte byte : bytes) {
        text.push_back(std::to_integer<char>(byte));
    }
    return text;
}

void ExpectRefused(const Library& library) {
    const std::string file = library.Bytes();
    const auto symbols = ReadElfSymbols(BytesOf(file));
    ASSERT_FALSE(symbols);
    EXPECT_EQ(symbols.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(symbols.error().message, testing::HasSubstr("ELF"));
}

TEST(ElfSymbols, GivesTheBytesOfADataSymbolByName) {
    const std::string file = Library().Bytes();
    const auto symbols = ReadElfSymbols(BytesOf(file));
    ASSERT_TRUE(symbols);
    ASSERT_TRUE(symbols->contains("name"));
    EXPECT_EQ(TextOf(symbols->at("name")), "2345");
}

TEST(ElfSymbols, LeavesOutFunctionsAndUndefinedSymbolsAndZeroFilledData) {
    for (const int what : {0, 1, 2}) {
        Library library;
        if (what == 0) {
            library.symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
        } else if (what == 1) {
            library.symbol.st_shndx = SHN_UNDEF;
        } else {
            library.data.sh_type = SHT_NOBITS;
        }
        const std::string file = library.Bytes();
        const auto symbols = ReadElfSymbols(BytesOf(file));
        ASSERT_TRUE(symbols);
        EXPECT_TRUE(symbols->empty()) << what;
    }
}

TEST(ElfSymbols, RefusesWhatIsNoElfFile) {
    for (const std::string_view text :
         {"",
          "\x7f",
          "\x7f"
          "ELF",
          "hello, this is a text of some length, longer than a header is"}) {
        EXPECT_FALSE(ReadElfSymbols(BytesOf(std::string(text))));
    }
}

TEST(ElfSymbols, RefusesOtherWordSizesAndByteOrders) {
    Library narrow;
    narrow.header.e_ident[EI_CLASS] = ELFCLASS32;
    ExpectRefused(narrow);
    Library swapped;
    swapped.header.e_ident[EI_DATA] = ELFDATA2MSB;
    ExpectRefused(swapped);
}

TEST(ElfSymbols, RefusesASymbolOutsideItsSection) {
    Library beyond;
    beyond.symbol.st_size = 7;
    ExpectRefused(beyond);
    Library before;
    before.symbol.st_value = 0xFFF;
    ExpectRefused(before);
    Library wrapped;
    wrapped.symbol.st_size = UINT64_MAX;
    ExpectRefused(wrapped);
}

TEST(ElfSymbols, RefusesSectionsOutsideTheFile) {
    Library data;
    data.data.sh_offset = UINT64_MAX - 2;
    ExpectRefused(data);
    Library table;
    table.symbols.sh_size = 1U << 20U;
    ExpectRefused(table);
    Library headers;
    headers.header.e_shoff = UINT64_MAX - 8;
    ExpectRefused(headers);
    Library link;
    link.symbols.sh_link = 4;
    ExpectRefused(link);
}

TEST(ElfSymbols, RefusesANameWithoutEnd) {
    Library library;
    library.strings.sh_size = 3;
    ExpectRefused(library);
}

TEST(ElfSymbols, ReadsTheDetectorsLibrary) {
    const std::string file = ModelBytes("libfacedetection.so");
    const auto symbols = ReadElfSymbols(BytesOf(file));
    ASSERT_TRUE(symbols);
    ASSERT_TRUE(symbols->contains("backbone__model0_pw_weight"));
    EXPECT_EQ(symbols->at("backbone__model0_pw_weight").size(), 512 * sizeof(float));
}

TEST(ElfSymbols, SurvivesEveryTruncationOfASmallFile) {
    const std::string file = Library().Bytes();
    for (std::size_t size = 0; size < file.size(); ++size) {
        const std::string part = file.substr(0, size);
        EXPECT_FALSE(ReadElfSymbols(BytesOf(part))) << size;
    }
}

/// Reads a spoilt library and, when it is still readable, every byte it names.
std::size_t ReadEverything(const std::string& file) {
    std::size_t read = 0;
    if (const auto symbols = ReadElfSymbols(BytesOf(file)); symbols) {
        for (const auto& [name, bytes] : *symbols) {
            read += TextOf(bytes).size() + name.size();
        }
    }
    return read;
}

TEST(ElfSymbols, SurvivesFlippedBytesOfASmallFile) {
    const std::string small = Library().Bytes();
    std::mt19937 random(7);
    std::size_t read = 0;
    for (int round = 0; round < 4000; ++round) {
        std::string spoilt = small;
        for (int flips = 0; flips < 3; ++flips) {
            spoilt[random() % spoilt.size()] = static_cast<char>(random());
        }
        read += ReadEverything(spoilt);
    }
    EXPECT_GT(read, 0U) << "no spoilt file was readable: the test tests nothing";
}

TEST(ElfSymbols, SurvivesFlippedBytesInTheTablesOfTheDetectorsLibrary) {
    const std::string library = ModelBytes("libfacedetection.so");
    Elf64_Ehdr header{};
    std::memcpy(&header, library.data(), sizeof(header));
    const std::size_t tables = std::size_t{header.e_shnum} * sizeof(Elf64_Shdr);
    std::mt19937 random(13);
    std::size_t refused = 0;
    for (int round = 0; round < 300; ++round) {
        std::string spoilt = library;
        spoilt[header.e_shoff + (random() % tables)] = static_cast<char>(random());
        spoilt[0x768 + (random() % 0x11d0)] = static_cast<char>(random());  // the dynamic symbols
        refused += ReadEverything(spoilt) == 0 ? 1U : 0U;
    }
    EXPECT_GT(refused, 0U);
    EXPECT_LT(refused, 300U);
}

TEST(ElfSymbols, RefusesTheDetectorsLibraryCutShort) {
    const std::string library = ModelBytes("libfacedetection.so");
    for (std::size_t size = 0; size < 300'000; size += 9'973) {
        EXPECT_FALSE(ReadElfSymbols(BytesOf(library.substr(0, size)))) << size;
    }
}

}  // namespace
}  // namespace notify
