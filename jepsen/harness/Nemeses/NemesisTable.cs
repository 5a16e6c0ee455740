using Harness.Drivers;

namespace Harness.Nemeses;

/// <summary>The nemeses by name.</summary>
internal static class NemesisTable
{
    private static readonly SortedDictionary<string, Func<IClusterDriver, INemesis>> Makers =
        new(StringComparer.Ordinal)
        {
            ["kill"] = driver => new KillNemesis(driver),
            ["partition"] = driver => new PartitionNemesis(driver),
            ["pause"] = driver => new PauseNemesis(driver),
        };

    /// <summary>Gets all names.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes a nemesis.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="driver">What it breaks.</param>
    public static INemesis Make(string name, IClusterDriver driver) => Makers[name](driver);
}
