#include "core/uuid.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Uuid, IsReadInLowerCaseAndNothingElseIsOne) {
    EXPECT_EQ(UuidOf("3F2C8A52-0d7f-11f1-9a51-0A580A3C5B11"), "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11");
    for (const auto* const text :
         {"",
          "3f2c8a520d7f-11f1-9a51-0a580a3c5b11-",
          "g7777777-7777-7777-7777-777777777777",
          "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b1",
          "{3f2c8a52-0d7f-11f1-9a51-0a580a3c5b1}"}) {
        EXPECT_EQ(UuidOf(text), "") << text;
    }
}

TEST(Uuid, OfANameIsTheOneOfTheStandard) {
    // of Python's uuid.uuid5(uuid.NAMESPACE_DNS, "www.example.com")
    EXPECT_EQ(
        NamedUuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
        "2ed6657d-e927-568b-95e1-2665a8aea6a2"
    );
}

}  // namespace
}  // namespace notify
