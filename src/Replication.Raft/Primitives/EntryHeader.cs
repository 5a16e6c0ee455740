namespace Replication.Raft.Primitives;

/// <summary>What the core knows of an entry: everything but its payload.</summary>
/// <param name="Term">The term in which a leader made it.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="SizeBytes">Size of its payload in bytes, at least 0.</param>
public readonly record struct EntryHeader(Term Term, EntryKind Kind, int SizeBytes);
