#include "queue/scan_cuts.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/queue/listed_source.hpp"

namespace notify::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using Keys = std::vector<std::string>;

class ScanCutsTest : public ::testing::Test {
protected:
    void Put(const Keys& keys) {
        for (const auto& key : keys) {
            source_.Put(key);
        }
    }

    Keys Cuts(int ranges) { return FindCuts(source_, {}, ranges, {}).value(); }

    ListedSource source_;
};

TEST_F(ScanCutsTest, AreTheFoldersOfTheBucket) {
    Put({"a/1", "b/1", "b/c/1", "d.mxf", "e/1"});
    EXPECT_THAT(Cuts(4), ElementsAre("a/", "b/", "e/"));
    EXPECT_THAT(source_.asked_folders, ElementsAre(""));
}

TEST_F(ScanCutsTest, AreTheFoldersInThemTooWhenTheyAreTooFew) {
    Put({"a/1/x", "a/2/x", "b/1/x", "b/2/x", "c"});
    EXPECT_THAT(Cuts(16), ElementsAre("a/", "a/1/", "a/2/", "b/", "b/1/", "b/2/"));
    EXPECT_THAT(source_.asked_folders, ElementsAre("", "a/", "b/", "a/1/", "a/2/", "b/1/", "b/2/"));
}

TEST_F(ScanCutsTest, AreNoneWithoutFolders) {
    Put({"a", "b", "c"});
    EXPECT_THAT(Cuts(16), IsEmpty());
    source_.objects.clear();
    EXPECT_THAT(Cuts(16), IsEmpty());
}

TEST_F(ScanCutsTest, AreNoMoreThanAskedForAndEvenlyAmongTheFolders) {
    for (int i = 0; i < 100; ++i) {
        source_.Put(fmt::format("{:02}/x", i));
    }
    EXPECT_THAT(Cuts(5), ElementsAre("20/", "40/", "60/", "80/"));
}

TEST_F(ScanCutsTest, CostAtMostTwentyRequests) {
    source_.page = 2;
    for (int i = 0; i < 30; ++i) {
        for (int j = 0; j < 30; ++j) {
            source_.Put(fmt::format("{:02}/{:02}/x", i, j));
        }
    }
    Cuts(1000);
    EXPECT_EQ(source_.listed_pages, 20);
}

TEST_F(ScanCutsTest, DoNotCutASequenceThatAFolderStandsIn) {
    for (int i = 0; i < 150; ++i) {
        source_.Put(fmt::format("shots/{:04}.dpx", i));
    }
    Put({"shots/0050/a/x", "shots/0050/b/x", "shots/0500/x", "shots/A/x", "z/x"});
    EXPECT_THAT(Cuts(16), ElementsAre("shots/", "shots/0500/", "shots/A/", "z/"));
}

TEST_F(ScanCutsTest, DoNotCutWhatMayBecomeASequenceBehindTheListedPages) {
    source_.page = 2;
    for (int i = 0; i < 150; ++i) {
        source_.Put(fmt::format("{:04}.dpx", i));
    }
    Put({"0001/x", "00010/x", "0000a/x"});
    EXPECT_THAT(Cuts(16), Not(Contains("0001/")));
}

TEST_F(ScanCutsTest, CutAmongSingleFilesWithNumbers) {
    Put({"2023.jpg", "2024/x", "2025.jpg", "2026/x"});
    EXPECT_THAT(Cuts(16), ElementsAre("2024/", "2026/"));
}

TEST_F(ScanCutsTest, DoNotCutACamerasCard) {
    Put({"card/CONTENTS/CLIP/1.xml", "card/CONTENTS/VIDEO/1.mxf", "red/A.RDC/1.r3d", "z/x"});
    EXPECT_THAT(Cuts(16), ElementsAre("card/", "card/CONTENTS/", "red/", "z/"));
}

TEST_F(ScanCutsTest, DoNotCutACardInFrontOfWhatDoesNotShowThatItIsOne) {
    Put({"disc/XDROOT/Clip/1.mxf", "disc/XDROOT/General/1", "disc/XDROOT/INDEX.XML", "z/BDMV/META/1", "z/x"});
    EXPECT_THAT(Cuts(64), ElementsAre("disc/", "disc/XDROOT/", "z/", "z/BDMV/"));
}

TEST_F(ScanCutsTest, FailWithTheListing) {
    source_.folders_fail = true;
    EXPECT_EQ(FindCuts(source_, {}, 4, {}).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace notify::testing
