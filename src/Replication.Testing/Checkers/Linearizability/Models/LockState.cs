using System.Globalization;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A lock: whether it is held and what is known of the last token.</summary>
/// <param name="IsHeld">Whether somebody holds it.</param>
/// <param name="Token">The token granted last, or the least that it can have been.</param>
/// <param name="IsTokenKnown">Whether <paramref name="Token"/> is exact.</param>
internal sealed record LockState(bool IsHeld, long Token, bool IsTokenKnown)
{
    public bool CanHaveGranted(long token) => IsTokenKnown ? token == Token : token >= Token;

    public override string ToString()
    {
        string holder = IsHeld ? "held" : "free";
        return Token == long.MinValue
            ? holder
            : string.Create(
                CultureInfo.InvariantCulture, $"{holder}, last token {(IsTokenKnown ? "" : "at least ")}{Token}");
    }
}
