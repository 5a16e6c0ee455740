namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Sets settings to their defaults.</summary>
internal static class SettingReduction
{
    private const long CheckpointLogBytesMin = 512;
    private const int PaddingBytesMax = 4_000;
    private const int PageSizeBitsMin = 13;
    private const int CompactionDeadPercentMin = 10;

    // What other reductions are about, or what makes no run plainer.
    private static readonly string[] Kept =
    [
        nameof(SimulationConfig.Seed), nameof(SimulationConfig.Nodes), nameof(SimulationConfig.Clients),
        nameof(SimulationConfig.SafetyMilliseconds), nameof(SimulationConfig.HasFinalReads),
    ];

    public static void Run(ShrinkSearch search)
    {
        search.Try(search.Best.With(search.Best.Config with { HasFinalReads = false }));
        string[] names = [.. SimulationSettings.Names.Where(name => !Kept.Contains(name) && IsChanged(search, name))];
        search.Try(search.Best.With(names.Aggregate(search.Best.Config, WithDefault)));
        foreach (string name in names.Where(name => IsChanged(search, name)))
        {
            search.Try(search.Best.With(WithDefault(search.Best.Config, name)));
        }
    }

    /// <summary>Sets limits so that fewer operations reach them, all that can be.</summary>
    /// <returns>Whether the run still fails with some of them.</returns>
    public static bool Tighten(ShrinkSearch search)
    {
        SimulationConfig config = search.Best.Config;
        for (TightLimits limits = TightLimits.All; limits > TightLimits.None; limits--)
        {
            if (search.Try(search.Best.With(Tightened(config, limits))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gets settings with some of their limits set so that fewer operations reach them.</summary>
    public static SimulationConfig Tightened(SimulationConfig config, TightLimits limits)
    {
        if (limits.HasFlag(TightLimits.Log))
        {
            config = config with
            {
                CheckpointLogBytes = Math.Min(config.CheckpointLogBytes, CheckpointLogBytesMin),
                TrailingEntries = 0,
            };
        }

        if (limits.HasFlag(TightLimits.Segments))
        {
            config = config with
            {
                PageSizeBits = PageSizeBitsMin,
                SegmentSizeBits = PageSizeBitsMin + 1,
                GrowthBytes = 0,
                CompactionDeadPercent = Math.Min(config.CompactionDeadPercent, CompactionDeadPercentMin),
            };
        }

        return limits.HasFlag(TightLimits.Values)
            ? config with { PaddingBytes = Math.Max(config.PaddingBytes, PaddingBytesMax) } : config;
    }

    private static bool IsChanged(ShrinkSearch search, string name) =>
        SimulationSettings.Text(search.Best.Config, name) != DefaultOf(name);

    private static SimulationConfig WithDefault(SimulationConfig config, string name) =>
        SimulationSettings.With(config, name, DefaultOf(name));

    private static string DefaultOf(string name) => SimulationSettings.Text(new SimulationConfig { Seed = 0 }, name);
}
