namespace Replication.Transport;

/// <summary>First value of a peer message on the wire. Numbers are never given to another message.</summary>
internal enum PeerMessageKind : byte
{
    RequestVote = 1,
    RequestVoteReply = 2,
    AppendEntries = 3,
    AppendEntriesReply = 4,
    Heartbeat = 5,
    HeartbeatReply = 6,
    ReadIndexRequest = 7,
    ReadIndexReply = 8,
    TimeoutNow = 9,
    ForwardedProposal = 32,
    ForwardedProposalReply = 33,
}
