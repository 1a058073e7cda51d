#include "processors/config_secrets.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace notify {
namespace {

class ConfigSecrets : public ::testing::Test {
protected:
    static const ProcessorKind& Kind(const char* name = "document-markdown") {
        return *FindProcessorKind(name).value();
    }

    std::string Sealed(const std::string& config, const std::string& before = "") {
        return SealSecrets(Kind(), NormaliseConfig(Kind(), config).value(), before, box_).value();
    }

    static std::string PasswordIn(const std::string& config) {
        return std::string(ParseJson(config).value().at("password").as_string());
    }

    SecretBox box_ = SecretBox::WithKey(SecretBox::FreshKey()).value();
};

TEST_F(ConfigSecrets, AreSealedInWhatIsKeptAndOpenedForTheChildAlone) {
    const auto kept = Sealed(R"({"password":"open sesame","ocr":"auto"})");
    EXPECT_EQ(kept.find("sesame"), std::string::npos);
    EXPECT_EQ(ParseJson(kept).value().at("ocr"), "auto");
    EXPECT_EQ(PasswordIn(OpenSecrets("document-markdown", kept, box_).value()), "open sesame");
    const auto shown = WithoutSecrets("document-markdown", kept);
    EXPECT_EQ(PasswordIn(shown), "(set)");
    EXPECT_EQ(ParseJson(shown).value().at("ocr"), "auto");
}

TEST_F(ConfigSecrets, ThatAreNotSetAreShownSo) {
    const auto kept = Sealed("{}");
    EXPECT_EQ(kept, NormaliseConfig(Kind(), "").value());
    EXPECT_EQ(PasswordIn(WithoutSecrets("document-markdown", kept)), "");
}

TEST_F(ConfigSecrets, StayWhenTheConfigurationComesBackAsItWasShown) {
    const auto before = Sealed(R"({"password":"open sesame"})");
    const auto after = Sealed(R"json({"password":"(set)","images":false})json", before);
    EXPECT_EQ(PasswordIn(after), PasswordIn(before));
    EXPECT_EQ(PasswordIn(Sealed(R"({"images":false})", before)), "") << "taken out";
    const auto none = SealSecrets(Kind(), R"json({"password":"(set)"})json", Sealed("{}"), box_);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(none.error().message, "/password: (set) stands for one that is set, and none is");
}

TEST_F(ConfigSecrets, OfAnotherKeyDoNotOpen) {
    const auto kept = Sealed(R"({"password":"open sesame"})");
    const auto other = SecretBox::WithKey(SecretBox::FreshKey()).value();
    EXPECT_FALSE(OpenSecrets("document-markdown", kept, other));
    EXPECT_FALSE(OpenSecrets("document-markdown", R"({"password":"in the clear"})", box_));
}

TEST_F(ConfigSecrets, OfProcessorsWithoutAnyAreNothingToDo) {
    EXPECT_EQ(SealSecrets(Kind("checksum"), "{}", "", box_).value(), "{}");
    EXPECT_EQ(WithoutSecrets("checksum", "{}"), "{}");
    EXPECT_EQ(OpenSecrets("checksum", "{}", box_).value(), "{}");
}

}  // namespace
}  // namespace notify
