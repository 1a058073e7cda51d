#pragma once

// What the API shows of erasures. Described structs, from which JSON and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"

namespace notify::view {

struct ReceiptView {
    std::string text;
    std::string signature;
    std::string public_key;
};

BOOST_DESCRIBE_STRUCT(ReceiptView, (), (text, signature, public_key))

struct ErasureView {
    std::string id;
    std::string at;
    std::string by;
    std::vector<std::string> people;
    std::int64_t photos = 0;
    std::int64_t faces = 0;
    std::int64_t items = 0;
    std::optional<std::string> done_at;
    std::optional<ReceiptView> receipt;
};

BOOST_DESCRIBE_STRUCT(ErasureView, (), (id, at, by, people, photos, faces, items, done_at, receipt))

struct ErasureList {
    std::vector<ErasureView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(ErasureList, (), (rows, next))

}  // namespace notify::view
