namespace Replication.Testing.Checkers.Sessions;

/// <summary>What a session may count on.</summary>
[Flags]
internal enum SessionRules
{
    None = 0,

    /// <summary>Its later reads see its acknowledged writes.</summary>
    OwnWrites = 1,

    /// <summary>Its later reads see what its earlier reads saw.</summary>
    OwnReads = 2,

    /// <summary>Who sees a write sees the writes before it in its session.</summary>
    WritesBeforeWrites = 4,

    /// <summary>Who sees a write sees what its session had read before it.</summary>
    ReadsBeforeWrites = 8,

    /// <summary>All of these, and through other sessions.</summary>
    Causal = 16,
}
