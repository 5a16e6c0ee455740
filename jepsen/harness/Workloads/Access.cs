using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>One use of one key by an operation, for the question whether operations met at all.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsRead">Whether it reads; else it changes.</param>
internal readonly record struct Access(HistoryValue Key, bool IsRead);
