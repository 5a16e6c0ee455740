namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Sets settings to their defaults.</summary>
internal static class SettingReduction
{
    private const long CheckpointLogBytesMin = 512;
    private const int PaddingBytesMax = 4_000;

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

    /// <summary>Sets limits so that fewer operations reach them.</summary>
    /// <returns>Whether the run still fails with some of them.</returns>
    public static bool Tighten(ShrinkSearch search)
    {
        SimulationConfig config = search.Best.Config;
        SimulationConfig tight = config with
        {
            CheckpointLogBytes = Math.Min(config.CheckpointLogBytes, CheckpointLogBytesMin),
            TrailingEntries = 0,
        };
        SimulationConfig[] choices =
        [
            tight with { PaddingBytes = Math.Max(config.PaddingBytes, PaddingBytesMax) },
            tight,
            config with { PaddingBytes = Math.Max(config.PaddingBytes, PaddingBytesMax) },
        ];
        return choices.Any(choice => search.Try(search.Best.With(choice)));
    }

    private static bool IsChanged(ShrinkSearch search, string name) =>
        SimulationSettings.Text(search.Best.Config, name) != DefaultOf(name);

    private static SimulationConfig WithDefault(SimulationConfig config, string name) =>
        SimulationSettings.With(config, name, DefaultOf(name));

    private static string DefaultOf(string name) => SimulationSettings.Text(new SimulationConfig { Seed = 0 }, name);
}
