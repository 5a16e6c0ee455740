using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

internal enum RegisterOperationKind
{
    Read,
    Write,
    Cas,

    /// <summary>A cas that ended well with the answer that it did not set: the value was another one.</summary>
    RefusedCas,
}

/// <summary>An operation of a register: the value that it must find (a refused cas: must not find) and the one that it
/// leaves.</summary>
internal readonly record struct RegisterOperation(
    RegisterOperationKind Kind, HistoryValue? Observed, HistoryValue? Produced);
