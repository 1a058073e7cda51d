#include "people/gallery_seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/passphrase_key.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPassphrase = "correct horse battery";
constexpr std::string_view kDocument = R"({"name":"Ada Lovelace"})";
constexpr std::size_t kFormatAt = 26;
constexpr std::size_t kSaltAt = 30;
constexpr std::size_t kLengthAt = 46;
constexpr std::size_t kSealedAt = 54;

class GallerySeal : public ::testing::Test {
protected:
    /// What OpenGallery says of the file.
    static std::string Said(const std::string& file, std::string_view passphrase = kPassphrase) {
        const auto opened = OpenGallery(file, passphrase);
        return opened ? "opened: " + *opened : opened.error().message;
    }

    [[nodiscard]] std::string Changed(std::size_t at) const {
        auto changed = file_;
        changed.at(at) = static_cast<char>(changed[at] ^ 1);
        return changed;
    }

    const std::string file_ = SealGallery(kDocument, kPassphrase).value();
};

TEST(PassphraseKeys, AreThoseOfScrypt) {
    const auto key = PassphraseKey("passphrase", "0123456789abcdef");
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(PassphraseKey("passphrase", "0123456789abcdef"), key);
    EXPECT_NE(PassphraseKey("passphrase", "0123456789abcdeF"), key);
    EXPECT_NE(PassphraseKey("Passphrase", "0123456789abcdef"), key);
}

TEST_F(GallerySeal, OpensWithItsPassphraseAndShowsNothingBefore) {
    EXPECT_EQ(Said(file_), "opened: " + std::string(kDocument));
    EXPECT_THAT(file_, Not(HasSubstr("Ada")));
    EXPECT_NE(SealGallery(kDocument, kPassphrase).value(), file_) << "a salt of its own each time";
}

TEST_F(GallerySeal, SaysThatThePassphraseIsAnother) {
    for (const std::string_view wrong : {"correct horse batterY", "", "correct horse battery "}) {
        EXPECT_EQ(Said(file_, wrong), "the passphrase is not the one that the gallery was sealed with");
    }
}

TEST_F(GallerySeal, SaysOfWhatIsNoneThatItIsNone) {
    for (const std::string file :
         {"",
          "notifications-api-gallery",
          "PK\x03\x04",
          "\x7f"
          "ELF"}) {
        EXPECT_EQ(Said(file), "it is no gallery: people export writes them") << file;
    }
}

TEST_F(GallerySeal, IsNotOpenedCutShortOrWithMoreAtItsEnd) {
    for (auto size = kFormatAt; size < file_.size(); ++size) {
        const auto said = Said(file_.substr(0, size));
        EXPECT_EQ(said, "the gallery is cut short: its end is missing") << size;
    }
    EXPECT_EQ(Said(file_ + "x"), "the gallery was changed since it was written: it is longer");
}

TEST_F(GallerySeal, IsNotOpenedWhenAByteIsAnother) {
    EXPECT_EQ(Said(Changed(kFormatAt)), "the gallery is of format 0, and format 1 is understood here");
    EXPECT_EQ(OpenGallery(Changed(kFormatAt), kPassphrase).error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(Said(Changed(kSaltAt)), HasSubstr("the passphrase is not the one"));
    EXPECT_THAT(Said(Changed(kLengthAt)), Not(HasSubstr("opened")));
    EXPECT_THAT(Said(Changed(kLengthAt + 7)), HasSubstr("cut short"));
    EXPECT_EQ(Said(Changed(kSealedAt)), "the gallery was changed since it was written") << "its own format";
    for (const auto at : {kSealedAt + 9, kSealedAt + 21, file_.size() - 17, file_.size() - 1}) {
        EXPECT_EQ(Said(Changed(at)), "the gallery was changed since it was written") << at;
    }
}

TEST_F(GallerySeal, HasAtMost64MiB) {
    const std::string most(kMostGalleryBytes - kSealedAt - 37, 'a');
    EXPECT_EQ(SealGallery(most, kPassphrase).value().size(), kMostGalleryBytes);
    const auto more = SealGallery(most + "a", kPassphrase);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::kTooLarge);
    EXPECT_THAT(more.error().message, HasSubstr("export some people at a time"));
    const auto read = OpenGallery(std::string(kMostGalleryBytes + 1, 'a'), kPassphrase);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kTooLarge);
}

TEST_F(GallerySeal, TakesNoPassphraseThatIsTriedInAMoment) {
    EXPECT_FALSE(CheckPassphrase("elevenbytes"));
    EXPECT_TRUE(CheckPassphrase("twelve bytes"));
    EXPECT_TRUE(CheckPassphrase(std::string(1024, 'p')));
    EXPECT_FALSE(CheckPassphrase(std::string(1025, 'p')));
}

}  // namespace
}  // namespace notify::testing
