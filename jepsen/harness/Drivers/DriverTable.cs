namespace Harness.Drivers;

/// <summary>The drivers by name.</summary>
internal static class DriverTable
{
    private static readonly SortedDictionary<string, Func<ClusterSpec, IClusterDriver>> Makers =
        new(StringComparer.Ordinal)
        {
            ["docker"] = spec => new ProcessDriver(spec, new DockerPlacement(spec)),
            ["etcd"] = spec => new EtcdDriver(spec),
            ["namespaces"] = spec => new ProcessDriver(spec, new NamespacePlacement(spec.Nodes)),
            ["processes"] = spec => new ProcessDriver(spec, new LoopbackPlacement(spec.Nodes)),
            ["redis"] = spec => new RedisDriver(spec),
        };

    /// <summary>Gets all names.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes a driver.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="spec">What it is asked for.</param>
    public static IClusterDriver Make(string name, ClusterSpec spec) => Makers[name](spec);
}
