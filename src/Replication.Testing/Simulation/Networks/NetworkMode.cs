namespace Replication.Testing.Simulation.Networks;

/// <summary>What the network promises.</summary>
internal enum NetworkMode
{
    /// <summary>What the transport seam promises at least: messages are lost, doubled, delayed and reordered in
    /// silence.</summary>
    Datagrams,

    /// <summary>What connections give: order within a stream, retransmission instead of loss, and a break that both
    /// ends
    /// hear of.</summary>
    Connections,
}
