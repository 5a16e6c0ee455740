namespace Replication.Grpc.Peers;

/// <summary>One of two nodes doesn't take the other for a peer.</summary>
/// <param name="reason">Why, with the values and what to do.</param>
internal sealed class PeerRefusedException(string reason) : Exception(reason);
