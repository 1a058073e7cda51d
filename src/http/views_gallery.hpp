#pragma once

// What the API takes and shows of galleries that move between installations.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "people/gallery_transfer.hpp"

namespace notify::view {

struct NewGalleryExport {
    std::string passphrase;
    std::vector<std::string> people;
    std::optional<bool> crops;
};

BOOST_DESCRIBE_STRUCT(NewGalleryExport, (), (passphrase, people, crops))

struct NewGalleryImport {
    std::string passphrase;
    std::string base64;
    std::optional<bool> again;
};

BOOST_DESCRIBE_STRUCT(NewGalleryImport, (), (passphrase, base64, again))

struct MovedPersonView {
    std::string name;
    Word<kMoveOutcomeWords> outcome;
    std::string person;
    std::int64_t photos = 0;
    std::string edit;
    std::string code;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(MovedPersonView, (), (name, outcome, person, photos, edit, code, sentence))

struct MovedPersonList {
    std::vector<MovedPersonView> rows;
};

BOOST_DESCRIBE_STRUCT(MovedPersonList, (), (rows))

}  // namespace notify::view
