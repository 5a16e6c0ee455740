namespace Harness.Drivers;

/// <summary>Where the processes of a cluster run, and how they and clients reach each other.</summary>
internal interface INodePlacement : IAsyncDisposable
{
    /// <summary>Gets the faults of the network between them.</summary>
    INetworkFaults Network { get; }

    /// <summary>Makes the places ready.</summary>
    Task SetUpAsync();

    /// <summary>Gets where a node listens, which the harness reaches past all faults.</summary>
    Uri ListenOf(int node);

    /// <summary>Gets where a node serves HTTP.</summary>
    Uri HttpListenOf(int node);

    /// <summary>Gets where clients reach a node.</summary>
    Uri AddressOf(int node);

    /// <summary>Gets where clients reach a node over HTTP.</summary>
    Uri HttpAddressOf(int node);

    /// <summary>Gets where a node reaches another.</summary>
    Uri PeerAddressOf(int from, int to);

    /// <summary>Gets a program, with its options, to run a node under; empty for none.</summary>
    IReadOnlyList<string> WrapperOf(int node);

    /// <summary>Gets options that every node needs here.</summary>
    IReadOnlyList<string> Options { get; }
}
