namespace Replication.Testing.Histories;

/// <summary>What a <see cref="HistoryValue"/> holds.</summary>
public enum HistoryValueKind
{
    /// <summary>Nothing: JSON's null, or an absent field.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of 64 bits.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Values in order.</summary>
    List,
}
