using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JellyBean.Hosting.Sinks;

/// <summary>A column made from a public property: numbers, text and booleans as they are, times as ISO text in UTC, everything else as JSON.</summary>
internal sealed class SqliteColumn
{
    // Sorts as text in the order of time.
    private const string IsoUtc = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly PropertyInfo _property;

    private SqliteColumn(PropertyInfo property)
    {
        _property = property;
        Name = SnakeCase(property.Name);
        Type = TypeOf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
    }

    public string Name { get; }

    /// <summary>INTEGER, REAL or TEXT.</summary>
    public string Type { get; }

    /// <summary>A column for each public property that can be read, in the order of declaration.</summary>
    /// <exception cref="ArgumentException">Two properties would share a column, or one has the name of a column that every table has.</exception>
    public static IReadOnlyList<SqliteColumn> Of(Type type)
    {
        List<SqliteColumn> columns = [.. type
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .OrderBy(p => p.MetadataToken)
            .Select(p => new SqliteColumn(p))];
        var twice = columns.Select(c => c.Name).Concat(["result_id", "event_time"]).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        return twice.Count == 0
            ? columns
            : throw new ArgumentException($"{type} would give the column {string.Join(", ", twice)} twice. Rename the property; every table has result_id and event_time.");
    }

    public static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public static string Iso(DateTimeOffset time) => time.ToUniversalTime().ToString(IsoUtc, CultureInfo.InvariantCulture);

    public object ValueOf(object result) => _property.GetValue(result) switch
    {
        null => DBNull.Value,
        string text => text,
        bool flag => flag ? 1L : 0L,
        float or double => Convert.ToDouble(_property.GetValue(result), CultureInfo.InvariantCulture),
        sbyte or byte or short or ushort or int or uint or long => Convert.ToInt64(_property.GetValue(result), CultureInfo.InvariantCulture),
        DateTimeOffset time => Iso(time),
        Enum or char or Guid => _property.GetValue(result)!.ToString()!,
        ulong or decimal => Convert.ToString(_property.GetValue(result), CultureInfo.InvariantCulture)!,
        var other => JsonSerializer.Serialize(other, _property.PropertyType, Json),
    };

    private static string TypeOf(Type type) =>
        type.IsEnum ? "TEXT"
        : type == typeof(float) || type == typeof(double) ? "REAL"
        : System.Type.GetTypeCode(type) is TypeCode.Boolean or TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 ? "INTEGER"
        : "TEXT";
}
