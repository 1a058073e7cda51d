#pragma once

// The broadcast formats that tests are made of: how ffmpeg writes each, and what is to be read from it.

#include <string>
#include <vector>

namespace notify::testing {

struct BroadcastFormat {
    std::string word;    ///< For the test's name.
    std::string name;    ///< Of the file.
    std::string sound;   ///< One more input; may be empty.
    std::string scale;   ///< Filter before fields are woven; may be empty.
    bool has_fields;     ///< Each frame is woven from two.
    std::string encode;  ///< Filters after that, with their comma, and the encoder.
    std::string start;   ///< The timecode it is given; "none".
    int width;           ///< In display pixels.
    int height;

    /// ffmpeg's arguments after an input of 1920 × 1080 at 50 frames a second; 25 a second are written.
    [[nodiscard]] std::string Encoder() const {
        return sound + "-vf " + scale + (has_fields ? "tinterlace=interleave_top,setfield=tff" : "fps=25") +
               encode;
    }
};

inline const std::vector<BroadcastFormat> kBroadcastFormats{
    {"XdcamHd422",
     "xdcam.mxf",
     "",
     "",
     true,
     " -timecode 10:00:00:00 -c:v mpeg2video -pix_fmt yuv422p -b:v 50M -minrate 50M -maxrate 50M -bufsize "
     "17825792 "
     "-flags +ildct+ilme -top 1 -g 12 -bf 2 -dc 10",
     "10:00:00:00",
     1920,
     1080},
    {"Imx",
     "imx.mxf",
     "-f lavfi -i anullsrc=r=48000:cl=stereo -shortest ",
     "scale=720:576,",
     true,
     ",pad=720:608:0:32,setsar=608/405 -timecode 01:00:00:00 "
     "-c:v mpeg2video -pix_fmt yuv422p -intra_vlc 1 -non_linear_quant 1 -rc_init_occupancy 2000000 -b:v 50M "
     "-minrate 50M -maxrate 50M -bufsize 2000000 -flags +ildct+low_delay -g 0 -top 1 -dc 10 -qmin 1 -qmax 12 "
     "-c:a pcm_s16le -f mxf_d10",
     "01:00:00:00",
     1024,
     576},
    {"DnxHd",
     "dnxhd.mxf",
     "",
     "",
     true,
     " -timecode 02:00:00:00 -c:v dnxhd -b:v 120M -pix_fmt yuv422p -flags +ildct",
     "02:00:00:00",
     1920,
     1080},
    {"ProResHq10Bit",
     "prores.mov",
     "",
     "",
     false,
     " -timecode 01:00:00:00 -c:v prores -profile:v 3 -pix_fmt yuv422p10le",
     "01:00:00:00",
     1920,
     1080},
    {"Dv576i",
     "dv.dv",
     "",
     "scale=720:576,",
     true,
     " -timecode 03:00:00:00 -c:v dvvideo -flags +ildct+ilme -pix_fmt yuv420p -aspect 16:9",
     "03:00:00:00",
     1024,
     576},
    {"Hevc10Bit",
     "hevc.mov",
     "",
     "",
     false,
     " -timecode 01:00:00:00 -c:v libx265 -x265-params log-level=none -preset ultrafast -pix_fmt yuv420p10le",
     "01:00:00:00",
     1920,
     1080},
    {"H264TransportStreamFrom10Hours",
     "h264.ts",
     "",
     "",
     false,
     " -c:v libx264 -preset ultrafast -pix_fmt yuv420p -output_ts_offset 36000",
     "none",
     1920,
     1080},
};

}  // namespace notify::testing
