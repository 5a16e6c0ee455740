namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Which limits are set so that fewer operations reach them.</summary>
[Flags]
internal enum TightLimits
{
    None = 0,

    /// <summary>A checkpoint after a few entries, and no entries kept behind it.</summary>
    Log = 1,

    /// <summary>Small segments, given up early.</summary>
    Segments = 2,

    /// <summary>Large values.</summary>
    Values = 4,

    All = 7,
}
