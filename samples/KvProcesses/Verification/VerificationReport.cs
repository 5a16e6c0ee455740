namespace KvProcesses.Verification;

/// <summary>What reading every key back came to.</summary>
public sealed record VerificationReport
{
    /// <summary>Gets how many keys were read and judged.</summary>
    public required long KeysChecked { get; init; }

    /// <summary>Gets how many acknowledged writes stand behind the keys that were verified.</summary>
    public required long WritesCovered { get; init; }

    /// <summary>Gets how many writes were acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Gets of how many writes the outcome is unknown.</summary>
    public required long Indeterminate { get; init; }

    /// <summary>Gets how many keys hold something else than they must.</summary>
    public required long Lost { get; init; }

    /// <summary>Gets how many keys could not be read.</summary>
    public required long Unread { get; init; }

    /// <summary>Gets the first few findings, one line each.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Gets whether every acknowledged write is accounted for.</summary>
    public bool IsClean => Lost == 0 && Unread == 0 && WritesCovered == Acknowledged;
}
