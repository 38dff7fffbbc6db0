namespace JellyBean.Benchmarks.Figures;

internal static class EngineClip
{
    public static Figure Figure { get; } = new("engine.clip", ["violations", "frames", "fps"], "0 violations", _ => throw new NotSupportedException());
}
