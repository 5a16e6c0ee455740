namespace KvProcesses.Verification;

/// <summary>What the value read from a key says about the writes to it.</summary>
public enum KeyVerdict
{
    /// <summary>It is what the highest acknowledged write left, or a later one that was attempted and not
    /// refused.</summary>
    Verified = 0,

    /// <summary>The key is gone although a write to it was acknowledged.</summary>
    Missing,

    /// <summary>It is older than the highest acknowledged write.</summary>
    RolledBack,

    /// <summary>It is damaged, or belongs to another key.</summary>
    Damaged,

    /// <summary>Nobody attempted such a write to this key.</summary>
    Unknown,

    /// <summary>It is from a write of which was promised that nothing entered any log.</summary>
    RejectedButThere,

    /// <summary>The key could not be read.</summary>
    Unread,
}
