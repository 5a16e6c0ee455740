using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Tests.Clusters;

/// <summary>An entry as a driver holds it: the header for the core, and the payload beside it.</summary>
internal readonly record struct Entry(EntryHeader Header, long Value);

/// <summary>A message on the wire, with the payloads that travel beside it.</summary>
internal sealed record Envelope(RaftMessage Message, long[] Values);
