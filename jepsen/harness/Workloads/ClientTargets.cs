using Harness.Drivers;

namespace Harness.Workloads;

/// <summary>The nodes that a client knows.</summary>
/// <param name="Nodes">Which.</param>
/// <param name="Driver">Knows their addresses.</param>
internal sealed record ClientTargets(IReadOnlyList<int> Nodes, IClusterDriver Driver)
{
    /// <summary>Gets where they serve gRPC.</summary>
    public IReadOnlyList<Uri> Grpc => [.. Nodes.Select(Driver.AddressOf)];

    /// <summary>Gets where they serve HTTP.</summary>
    public IReadOnlyList<Uri> Http => [.. Nodes.Select(Driver.HttpAddressOf)];
}
