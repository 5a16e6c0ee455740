namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Sets settings to their defaults.</summary>
internal static class SettingReduction
{
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

    private static bool IsChanged(ShrinkSearch search, string name) =>
        SimulationSettings.Text(search.Best.Config, name) != DefaultOf(name);

    private static SimulationConfig WithDefault(SimulationConfig config, string name) =>
        SimulationSettings.With(config, name, DefaultOf(name));

    private static string DefaultOf(string name) => SimulationSettings.Text(new SimulationConfig { Seed = 0 }, name);
}
