using System.Globalization;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A lock: whether it is held, and what is known of the token granted last.</summary>
internal sealed class LockState : IEquatable<LockState>
{
    // Tokens above the least possible one that it is known not to be, sorted.
    private readonly long[] _excluded;

    private LockState(bool isHeld, long token, bool isTokenKnown, long[] excluded)
    {
        IsHeld = isHeld;
        Token = token;
        IsTokenKnown = isTokenKnown;
        _excluded = excluded;
    }

    public bool IsHeld { get; }

    /// <summary>Gets the token granted last, or the least that it can have been.</summary>
    public long Token { get; }

    /// <summary>Gets a value that indicates whether <see cref="Token"/> is exact.</summary>
    public bool IsTokenKnown { get; }

    public static LockState Free(long token) => new(false, token, true, []);

    public static LockState Held(long token) => new(true, token, true, []);

    /// <summary>Makes the state after an acquire whose token nobody saw: at least one more than the last, if there was
    /// one.</summary>
    public LockState HeldByUnknown() =>
        new(true, Token == long.MinValue ? Token : Token + 1, false, []);

    public bool CanHaveGranted(long token) =>
        IsTokenKnown ? token == Token : token >= Token && Array.BinarySearch(_excluded, token) < 0;

    /// <summary>Makes the state of which is known that the token is another one.</summary>
    public LockState Excluding(long token)
    {
        SortedSet<long> excluded = [.. _excluded, token];
        long least = Token;
        while (excluded.Remove(least))
        {
            least++;
        }

        return new LockState(IsHeld, least, IsTokenKnown, [.. excluded]);
    }

    public bool Equals(LockState? other) =>
        other is not null && IsHeld == other.IsHeld && Token == other.Token && IsTokenKnown == other.IsTokenKnown
        && _excluded.AsSpan().SequenceEqual(other._excluded);

    public override bool Equals(object? obj) => Equals(obj as LockState);

    public override int GetHashCode() => HashCode.Combine(IsHeld, Token, IsTokenKnown, _excluded.Length);

    public override string ToString()
    {
        string holder = IsHeld ? "held" : "free";
        return Token == long.MinValue
            ? holder
            : string.Create(
                CultureInfo.InvariantCulture, $"{holder}, last token {(IsTokenKnown ? "" : "at least ")}{Token}");
    }
}
