namespace Replication.Grpc.Peers;

/// <summary>Which of the two connections to a peer this is.</summary>
internal enum PeerStream
{
    /// <summary>Votes, heartbeats, acknowledgements: small, and never behind entries.</summary>
    Control,

    /// <summary>Entries and forwarded proposals.</summary>
    Bulk,
}
