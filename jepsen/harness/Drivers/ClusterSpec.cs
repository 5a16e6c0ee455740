namespace Harness.Drivers;

/// <summary>What a driver is asked for.</summary>
/// <param name="Nodes">How many nodes.</param>
/// <param name="Directory">Where data and logs go.</param>
/// <param name="Program">What the nodes run.</param>
/// <param name="HasFakeClocks">Whether the clocks of nodes can be set.</param>
internal sealed record ClusterSpec(int Nodes, string Directory, NodeProgram Program, bool HasFakeClocks = false);
