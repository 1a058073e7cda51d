// Biometric data on the disk: sealed, wherever it is.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class AtRest : public PeopleTest {
protected:
    /// Every file the service wrote, but the key.
    std::vector<std::string> Files() {
        std::vector<std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.Path())) {
            if (entry.is_regular_file() && entry.path().filename() != "key") {
                std::ifstream file(entry.path(), std::ios::binary);
                files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
            }
        }
        return files;
    }

    /// How many stretches of 16 bytes of the embedding are in a file.
    static int PartsOf(const Embedding& embedding, const std::vector<std::string>& files) {
        const auto bytes = BytesOf({embedding});
        int found = 0;
        for (std::size_t at = 0; at < bytes.size(); at += 16) {
            for (const auto& file : files) {
                found += file.find(std::string_view(bytes).substr(at, 16)) != std::string::npos ? 1 : 0;
            }
        }
        return found;
    }
};

TEST_F(AtRest, EmbeddingsAndCropsAreInNoFile) {
    const auto ada = DenseFace(1);
    ASSERT_TRUE(Enrol("Ada", {Photo("1", {{InPhoto(ada)}})}));
    // enough for an artifact that is a file, beside one that is a row
    const auto seen = FaceAt(ada, 0.1, 5);
    std::vector<Embedding> many(600, seen);
    const auto item = Analyse("a.mp4", MakeFaceResult({{.shots = std::move(many)}}));
    Analyse("b.mp4", MakeFaceResult({{.shots = {seen}}}));
    ASSERT_THAT(AppearancesIn(item), SizeIs(1));

    for (const bool closed : {false, true}) {
        if (closed) {
            storage_.reset();  // the log is gone into the database
        }
        const auto files = Files();
        EXPECT_THAT(files, Contains(HasSubstr("Ada"))) << "what is not biometric is found";
        EXPECT_THAT(files, Contains(SizeIs(::testing::Gt(300'000U)))) << "the artifact that is a file";
        EXPECT_EQ(PartsOf(ada, files), 0);
        EXPECT_EQ(PartsOf(seen, files), 0);
        EXPECT_THAT(files, Not(Contains(HasSubstr("a picture of a face"))));
    }
}

}  // namespace
}  // namespace notify::testing
