import type { Provenance } from './provenance.ts';

export interface ProvinceRow {
  /** Two digits; codes were given again on 2025-07-01, so only with a day does one name a province. */
  readonly code: string;
  readonly name: string;
}

export interface FormerProvinceRow extends ProvinceRow {
  /** As it begins the names of station files. */
  readonly prefix: string;
  /** Code, since 2025-07-01, of the province that it became or went into. */
  readonly successor: string;
}

const recordedOn = '2026-11-22';

export const provinceProvenance: Provenance = {
  source: 'QĐ 19/2025/QĐ-TTg of 30/06/2025; NQ 202/2025/QH15',
  mark: 'C',
  validFrom: '2025-07-01',
  recordedOn,
};

export const provinces34: readonly ProvinceRow[] = [
  { code: '01', name: 'Hà Nội' },
  { code: '04', name: 'Cao Bằng' },
  { code: '08', name: 'Tuyên Quang' },
  { code: '11', name: 'Điện Biên' },
  { code: '12', name: 'Lai Châu' },
  { code: '14', name: 'Sơn La' },
  { code: '15', name: 'Lào Cai' },
  { code: '19', name: 'Thái Nguyên' },
  { code: '20', name: 'Lạng Sơn' },
  { code: '22', name: 'Quảng Ninh' },
  { code: '24', name: 'Bắc Ninh' },
  { code: '25', name: 'Phú Thọ' },
  { code: '31', name: 'Hải Phòng' },
  { code: '33', name: 'Hưng Yên' },
  { code: '37', name: 'Ninh Bình' },
  { code: '38', name: 'Thanh Hóa' },
  { code: '40', name: 'Nghệ An' },
  { code: '42', name: 'Hà Tĩnh' },
  { code: '44', name: 'Quảng Trị' },
  { code: '46', name: 'Huế' },
  { code: '48', name: 'Đà Nẵng' },
  { code: '51', name: 'Quảng Ngãi' },
  { code: '52', name: 'Gia Lai' },
  { code: '56', name: 'Khánh Hòa' },
  { code: '66', name: 'Đắk Lắk' },
  { code: '68', name: 'Lâm Đồng' },
  { code: '75', name: 'Đồng Nai' },
  { code: '79', name: 'TP. Hồ Chí Minh' },
  { code: '80', name: 'Tây Ninh' },
  { code: '82', name: 'Đồng Tháp' },
  { code: '86', name: 'Vĩnh Long' },
  { code: '91', name: 'An Giang' },
  { code: '92', name: 'Cần Thơ' },
  { code: '96', name: 'Cà Mau' },
];

export const formerProvinceProvenance: Provenance = {
  source: 'QĐ 124/2004/QĐ-TTg as amended (codes); the prefixes of the software in use; NQ 202/2025/QH15 (successors)',
  mark: 'G',
  validFrom: '2008-08-01',
  validTo: '2025-06-30',
  recordedOn,
  note: 'the prefixes are those of working software; Thừa Thiên Huế was named Huế from 2025-01-01',
};

export const provinces63: readonly FormerProvinceRow[] = [
  { code: '01', name: 'Hà Nội', prefix: 'HN', successor: '01' },
  { code: '02', name: 'Hà Giang', prefix: 'HG', successor: '08' },
  { code: '04', name: 'Cao Bằng', prefix: 'CB', successor: '04' },
  { code: '06', name: 'Bắc Kạn', prefix: 'BC', successor: '19' },
  { code: '08', name: 'Tuyên Quang', prefix: 'TQ', successor: '08' },
  { code: '10', name: 'Lào Cai', prefix: 'LCa', successor: '15' },
  { code: '11', name: 'Điện Biên', prefix: 'ĐB', successor: '11' },
  { code: '12', name: 'Lai Châu', prefix: 'LC', successor: '12' },
  { code: '14', name: 'Sơn La', prefix: 'SL', successor: '14' },
  { code: '15', name: 'Yên Bái', prefix: 'YB', successor: '15' },
  { code: '17', name: 'Hòa Bình', prefix: 'HB', successor: '25' },
  { code: '19', name: 'Thái Nguyên', prefix: 'TNg', successor: '19' },
  { code: '20', name: 'Lạng Sơn', prefix: 'LS', successor: '20' },
  { code: '22', name: 'Quảng Ninh', prefix: 'QN', successor: '22' },
  { code: '24', name: 'Bắc Giang', prefix: 'BG', successor: '24' },
  { code: '25', name: 'Phú Thọ', prefix: 'PT', successor: '25' },
  { code: '26', name: 'Vĩnh Phúc', prefix: 'VP', successor: '25' },
  { code: '27', name: 'Bắc Ninh', prefix: 'BN', successor: '24' },
  { code: '30', name: 'Hải Dương', prefix: 'HD', successor: '31' },
  { code: '31', name: 'Hải Phòng', prefix: 'HP', successor: '31' },
  { code: '33', name: 'Hưng Yên', prefix: 'HY', successor: '33' },
  { code: '34', name: 'Thái Bình', prefix: 'TB', successor: '33' },
  { code: '35', name: 'Hà Nam', prefix: 'HNa', successor: '37' },
  { code: '36', name: 'Nam Định', prefix: 'NĐ', successor: '37' },
  { code: '37', name: 'Ninh Bình', prefix: 'NB', successor: '37' },
  { code: '38', name: 'Thanh Hóa', prefix: 'TH', successor: '38' },
  { code: '40', name: 'Nghệ An', prefix: 'NA', successor: '40' },
  { code: '42', name: 'Hà Tĩnh', prefix: 'HT', successor: '42' },
  { code: '44', name: 'Quảng Bình', prefix: 'QB', successor: '44' },
  { code: '45', name: 'Quảng Trị', prefix: 'QT', successor: '44' },
  { code: '46', name: 'Thừa Thiên Huế', prefix: 'TTH', successor: '46' },
  { code: '48', name: 'Đà Nẵng', prefix: 'ĐNa', successor: '48' },
  { code: '49', name: 'Quảng Nam', prefix: 'QNa', successor: '48' },
  { code: '51', name: 'Quảng Ngãi', prefix: 'QNg', successor: '51' },
  { code: '52', name: 'Bình Định', prefix: 'BĐ', successor: '52' },
  { code: '54', name: 'Phú Yên', prefix: 'PY', successor: '66' },
  { code: '56', name: 'Khánh Hòa', prefix: 'KH', successor: '56' },
  { code: '58', name: 'Ninh Thuận', prefix: 'NT', successor: '56' },
  { code: '60', name: 'Bình Thuận', prefix: 'BTh', successor: '68' },
  { code: '62', name: 'Kon Tum', prefix: 'KT', successor: '51' },
  { code: '64', name: 'Gia Lai', prefix: 'GL', successor: '52' },
  { code: '66', name: 'Đắk Lắk', prefix: 'ĐL', successor: '66' },
  { code: '67', name: 'Đắk Nông', prefix: 'ĐNô', successor: '68' },
  { code: '68', name: 'Lâm Đồng', prefix: 'LĐ', successor: '68' },
  { code: '70', name: 'Bình Phước', prefix: 'BP', successor: '75' },
  { code: '72', name: 'Tây Ninh', prefix: 'TN', successor: '80' },
  { code: '74', name: 'Bình Dương', prefix: 'BD', successor: '79' },
  { code: '75', name: 'Đồng Nai', prefix: 'ĐN', successor: '75' },
  { code: '77', name: 'Bà Rịa - Vũng Tàu', prefix: 'BV', successor: '79' },
  { code: '79', name: 'TP. Hồ Chí Minh', prefix: 'HCM', successor: '79' },
  { code: '80', name: 'Long An', prefix: 'LA', successor: '80' },
  { code: '82', name: 'Tiền Giang', prefix: 'TG', successor: '82' },
  { code: '83', name: 'Bến Tre', prefix: 'BT', successor: '86' },
  { code: '84', name: 'Trà Vinh', prefix: 'TV', successor: '86' },
  { code: '86', name: 'Vĩnh Long', prefix: 'VL', successor: '86' },
  { code: '87', name: 'Đồng Tháp', prefix: 'ĐT', successor: '82' },
  { code: '89', name: 'An Giang', prefix: 'AG', successor: '91' },
  { code: '91', name: 'Kiên Giang', prefix: 'KG', successor: '91' },
  { code: '92', name: 'Cần Thơ', prefix: 'CT', successor: '92' },
  { code: '93', name: 'Hậu Giang', prefix: 'HGi', successor: '92' },
  { code: '94', name: 'Sóc Trăng', prefix: 'ST', successor: '92' },
  { code: '95', name: 'Bạc Liêu', prefix: 'BL', successor: '96' },
  { code: '96', name: 'Cà Mau', prefix: 'CM', successor: '96' },
];
