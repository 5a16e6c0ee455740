namespace Harness.Drivers;

/// <summary>What a driver is asked for.</summary>
/// <param name="Nodes">How many nodes.</param>
/// <param name="Directory">Where data and logs go.</param>
/// <param name="Program">What the nodes run.</param>
internal sealed record ClusterSpec(int Nodes, string Directory, NodeProgram Program)
{
    /// <summary>Gets whether the clocks of nodes can be set.</summary>
    public bool HasFakeClocks { get; init; }

    /// <summary>Gets whether each node has a file system of its own, which can lose power or be full.</summary>
    public bool HasOwnDisks { get; init; }
}
