using System.Globalization;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>The entries of a log, and a position that the next entry must be behind.</summary>
internal sealed record LogState(Sequence Entries, long LastPosition)
{
    public override string ToString() => LastPosition == long.MinValue
        ? Entries.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{Entries} up to position {LastPosition}");
}
