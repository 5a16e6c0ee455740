namespace Harness.Drivers;

/// <summary>The drivers by name.</summary>
internal static class DriverTable
{
    private static readonly SortedDictionary<string, Func<int, INodePlacement>> Placements =
        new(StringComparer.Ordinal)
        {
            ["namespaces"] = nodes => new NamespacePlacement(nodes),
            ["processes"] = nodes => new LoopbackPlacement(nodes),
        };

    /// <summary>Gets all names.</summary>
    public static IReadOnlyCollection<string> Names => Placements.Keys;

    /// <summary>Makes a driver.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="spec">What it is asked for.</param>
    public static IClusterDriver Make(string name, ClusterSpec spec) =>
        new ProcessDriver(name, spec, Placements[name](spec.Nodes));
}
