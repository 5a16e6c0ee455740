namespace Replication.Testing.Disks;

/// <summary>What a power loss leaves of a file's bytes that were not synced.</summary>
public enum SectorLoss
{
    /// <summary>Nothing: each file is as its last sync left it.</summary>
    All,

    /// <summary>The changes of the whole disk up to some moment, names included, as if they had been made in order.</summary>
    Prefix,

    /// <summary>Any of the written sectors, each with any of its versions, and any of the lengths.</summary>
    Reordered,

    /// <summary>As <see cref="Reordered"/>, and one sector is zeros, garbage, or half new and half old.</summary>
    Torn,

    /// <summary>The new length without the new bytes.</summary>
    LengthWithoutData,

    /// <summary>The new bytes as far as the old length reaches.</summary>
    DataWithoutLength,
}

/// <summary>What a power loss leaves of created, renamed and deleted names whose directory was not synced.</summary>
public enum NameLoss
{
    /// <summary>Nothing.</summary>
    All,

    /// <summary>The changes up to some moment, in order.</summary>
    Prefix,

    /// <summary>Any of the changes, a rename as a whole: also of a file whose bytes are lost.</summary>
    Any,
}

/// <summary>How a power loss treats what was not synced.</summary>
/// <param name="Sectors">The bytes and lengths of files.</param>
/// <param name="Names">The names in directories. With <see cref="SectorLoss.Prefix"/> they share its moment.</param>
public readonly record struct PowerLoss(SectorLoss Sectors, NameLoss Names)
{
    /// <summary>Gets the worst case: only what was synced.</summary>
    public static PowerLoss Worst => default;
}
